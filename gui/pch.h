// Precompiled for this folder alone: what nearly every file of it includes.
#pragma once

#include <QCoreApplication>
#include <QObject>
#include <QPainter>
#include <QString>
#include <QWidget>
#include <string>
#include <vector>
